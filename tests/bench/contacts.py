#!/usr/bin/python3
"""Address books for measuring: always the same for the same numbers.

usage: contacts.py COUNT [--first NUMBER] [--version VERSION] > contacts.vcf

Contact NUMBER has the same data whatever COUNT is; another VERSION of it has another
telephone number. Every tenth carries a photo of 5 to 40 KiB.
"""
import argparse
import base64
import random
import sys

FIRST = ['Ada', 'Åsa', 'Björn', 'Chloé', 'Dmitri', 'Élodie', 'Fatima', 'Grzegorz', 'Hana', 'İpek', 'José', 'Kenji', 'Łucja',
         'Mónica', 'Nguyễn', 'Olga', 'Priya', 'Quentin', 'Rūta', 'Søren', 'Thandiwe', 'Ursula', 'Víctor', 'Wanjiru', 'Zoë']
LAST = ['Abe', 'Bakker', 'Castaño', 'Dvořák', 'Eriksen', 'Fuchs', 'García', 'Horváth', 'Iyer', 'Jansen', 'Kowalska', 'Lindqvist',
        'Müller', 'Nowak', 'Okafor', 'Petrov', 'Rossi', 'Silva', 'Šimić', 'Tanaka', 'Usman', 'Vasquez', 'Wójcik', 'Young']
STREET = ['Main Street', 'Rue de la Paix', 'Hauptstraße', 'Calle Mayor', 'Ulica Długa', 'Via Roma', 'Storgata']
CITY = ['Lyon', 'Zürich', 'Málaga', 'Kraków', 'Göteborg', 'Porto', 'Osaka', 'Nairobi', 'Montréal']
WORK = ['Acme', 'Globex', 'Initech', 'Umbrella', 'Hooli', 'Stark & Söhne', 'Wayne']


def photo(chance: random.Random) -> str:
    # The look of a JPEG file, the content of noise: like a photo it cannot be compressed.
    size = chance.randrange(5 * 1024, 40 * 1024)
    data = b'\xff\xd8\xff\xe0\x00\x10JFIF\x00' + chance.randbytes(size - 13) + b'\xff\xd9'
    return 'PHOTO;ENCODING=b;TYPE=JPEG:' + base64.b64encode(data).decode()


def contact(number: int, version: int = 0) -> str:
    """One vCard 3.0, unfolded, lines ended by CR LF."""
    chance = random.Random(number)
    first, last = chance.choice(FIRST), chance.choice(LAST)
    work = chance.choice(WORK)
    lines = [
        'BEGIN:VCARD', 'VERSION:3.0',
        f'N:{last};{first} {number};;;',
        f'FN:{first} {number} {last}',
        f'ORG:{work};Department {chance.randrange(40)}',
        f'TITLE:{chance.choice(["Engineer", "Buyer", "Head of Überblick", "Nurse", "Teacher"])}',
        f'TEL;TYPE=CELL,VOICE:+{chance.randrange(10**11, 10**12)}',
        f'TEL;TYPE=WORK,VOICE:+{number:07d}{version:04d}',
        f'EMAIL;TYPE=INTERNET,WORK:c{number}@{work.split()[0].lower()}.example',
        f'EMAIL;TYPE=INTERNET,HOME:person{number}@example.net',
        f'ADR;TYPE=HOME:;;{chance.randrange(1, 200)} {chance.choice(STREET)};{chance.choice(CITY)};;'
        f'{chance.randrange(10000, 99999)};',
        f'BDAY:{chance.randrange(1940, 2010)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}',
        f'NOTE:Met in {chance.choice(CITY)}\\, number {number}.\\nLikes {chance.choice(["tea", "café", "maté"])}.',
    ]
    if number % 10 == 0:
        lines.append(photo(chance))
    lines.append('END:VCARD')
    return '\r\n'.join(lines) + '\r\n'


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('count', type=int)
    parser.add_argument('--first', type=int, default=1)
    parser.add_argument('--version', type=int, default=0)
    options = parser.parse_args()
    for number in range(options.first, options.first + options.count):
        sys.stdout.buffer.write(contact(number, options.version).encode())


if __name__ == '__main__':
    main()
