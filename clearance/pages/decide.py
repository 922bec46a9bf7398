from django.http import HttpResponse


def restriction_row(request, **kwargs):
    return HttpResponse("placeholder")


def draft(request, **kwargs):
    return HttpResponse("placeholder")


def sign(request, **kwargs):
    return HttpResponse("placeholder")

