from django.http import HttpResponse


def show(request, **kwargs):
    return HttpResponse("placeholder")


def refusals(request, **kwargs):
    return HttpResponse("placeholder")

