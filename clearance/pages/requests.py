from django.http import HttpResponse


def new(request, **kwargs):
    return HttpResponse("placeholder")


def show(request, **kwargs):
    return HttpResponse("placeholder")

