from django.http import HttpResponse


def new(request, **kwargs):
    return HttpResponse("placeholder")


def withdraw(request, **kwargs):
    return HttpResponse("placeholder")

