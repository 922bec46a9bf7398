from django.http import HttpResponse


def new(request, **kwargs):
    return HttpResponse("placeholder")


def show(request, **kwargs):
    return HttpResponse("placeholder")


def amend(request, **kwargs):
    return HttpResponse("placeholder")


def describe(request, **kwargs):
    return HttpResponse("placeholder")


def void(request, **kwargs):
    return HttpResponse("placeholder")

