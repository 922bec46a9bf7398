from django.http import HttpResponse


def index(request, **kwargs):
    return HttpResponse("placeholder")


def new(request, **kwargs):
    return HttpResponse("placeholder")


def show(request, **kwargs):
    return HttpResponse("placeholder")


def edit(request, **kwargs):
    return HttpResponse("placeholder")


def print_view(request, **kwargs):
    return HttpResponse("placeholder")

