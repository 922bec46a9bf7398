from django.http import HttpResponse


def show(request, **kwargs):
    return HttpResponse("placeholder")


def edit(request, **kwargs):
    return HttpResponse("placeholder")


def archive(request, **kwargs):
    return HttpResponse("placeholder")


def bring_back(request, **kwargs):
    return HttpResponse("placeholder")


def index(request, **kwargs):
    return HttpResponse("placeholder")


def search(request, **kwargs):
    return HttpResponse("placeholder")


def new(request, **kwargs):
    return HttpResponse("placeholder")

