"""The families of items that the roof declares; `items` loads this file at the start."""

from console.advanced import ADVANCED as ADVANCED
from console.people.items import USERS as USERS
