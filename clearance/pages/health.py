from django.http import HttpResponse


def alive(request, **kwargs):
    return HttpResponse("placeholder")


def ready(request, **kwargs):
    return HttpResponse("placeholder")

