from django.http import HttpResponse


def inbox(request, **kwargs):
    return HttpResponse("placeholder")


def show(request, **kwargs):
    return HttpResponse("placeholder")


def decision(request, **kwargs):
    return HttpResponse("placeholder")

