from django.http import HttpResponse


def show(request, **kwargs):
    return HttpResponse("placeholder")

