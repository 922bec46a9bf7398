from django.http import HttpResponse


def switch(request, **kwargs):
    return HttpResponse("placeholder")


def show(request, **kwargs):
    return HttpResponse("placeholder")


def edit(request, **kwargs):
    return HttpResponse("placeholder")


def policy(request, **kwargs):
    return HttpResponse("placeholder")


def invite(request, **kwargs):
    return HttpResponse("placeholder")


def member(request, **kwargs):
    return HttpResponse("placeholder")

