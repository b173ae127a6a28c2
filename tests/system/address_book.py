#!/usr/bin/python3
"""Adds contacts to the address book of the desktop, and prints the names of all that are in it. Inside of a user's session.

usage: address_book.py [NAME …]
"""
import os
import re
import sys

from evolution import AddressBook


def main():
    book = AddressBook(os.environ['DBUS_SESSION_BUS_ADDRESS'], 'system-address-book')
    for name in sys.argv[1:]:
        book.add(f'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nN:{name};;;;\r\nEND:VCARD\r\n')
    for text in book.all().values():
        print('in the book:', re.search('^FN:(.*?)\r?$', text, re.M)[1])


if __name__ == '__main__':
    main()
