from django.http import HttpResponse


def show(request, **kwargs):
    return HttpResponse("placeholder")


def supervising(request, **kwargs):
    return HttpResponse("placeholder")


def join(request, **kwargs):
    return HttpResponse("placeholder")


def leave(request, **kwargs):
    return HttpResponse("placeholder")

