from typing import Any

from django.core.management.base import BaseCommand

from core.database.context import acting
from core.database.roles import Role
from dealers.models import ProductLine, Territory
from dealers.services import trees


class Command(BaseCommand):
    help = "Gives the territory tree and the product lines new number ranges with gaps by size. Safe at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in (Territory, ProductLine):
            with acting(Role.JOBS):
                count = trees.renumber(model)
            self.stdout.write(f"{model._meta.verbose_name_plural}: {count} numbered")
