"""The families of items that the roof declares; `items` loads this file at the start."""

from console.people.items import USERS as USERS
from console.second_person import SECOND_PERSON as SECOND_PERSON
