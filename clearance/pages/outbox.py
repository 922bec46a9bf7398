from django.http import HttpResponse


def index(request, **kwargs):
    return HttpResponse("placeholder")


def show(request, **kwargs):
    return HttpResponse("placeholder")

