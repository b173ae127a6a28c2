#!/usr/bin/python3
"""Answers every question for an IPv4 address with 127.0.0.1, and every other one with nothing (RFC 1035); on 127.0.0.1:53."""
import socket

A, IN = 1, 1


def answer(question):
    end = question.index(b'\0', 12) + 5  # of the name, its type and its class
    is_address = question[end - 4:end] == bytes((0, A, 0, IN))
    record = b'\xc0\x0c' + bytes((0, A, 0, IN, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1)) if is_address else b''
    return question[:2] + b'\x81\x80\0\1' + (b'\0\1' if is_address else b'\0\0') + b'\0\0\0\0' + question[12:end] + record


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind(('127.0.0.1', 53))
        print('READY', flush=True)
        while True:
            question, asker = port.recvfrom(4096)
            port.sendto(answer(question), asker)


if __name__ == '__main__':
    main()
