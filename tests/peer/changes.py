"""A story that many tests begin with: two sides in step, and then changes on both."""
from device import CONTACT, EVENT, NOTE, TASK
from example_items import contact, event, texts

MAKERS = {CONTACT: contact, EVENT: event}
STORES = {CONTACT: 'card', EVENT: 'cal'}
DATABASES = {**STORES, TASK: 'task', NOTE: 'note'}  # of the server


def change(device, server, keys):
    """One add, one update and one delete on each side of each service. `keys`: the device's own of the items `Mine` and
    `Gone`, by service and name; `Theirs` and `Lost` are on both sides."""
    for service, make in MAKERS.items():
        store = STORES[service]
        guids = {name: guid for guid, text in server.items(store).items() for name in ('Theirs', 'Lost') if name in text}
        device.put(make('Mine', note='changed here'), keys[service, 'Mine'], service)
        device.delete(keys[service, 'Gone'], service)
        device.put(make('NewHere'), service=service)
        server.put(store, make('Theirs', note='changed there'), guid=guids['Theirs'])
        server.delete(store, guids['Lost'])
        server.put(store, make('NewThere'))


def change_on_both_sides(device, server, sync):
    """`sync`, the first one, and then one add, one update and one delete on each side of each service. What everybody
    must hold in the end, as texts by service."""
    keys = {(service, name): device.put(make(name), service=service) for service, make in MAKERS.items()
            for name in ('Mine', 'Gone', 'Theirs', 'Lost')}
    sync()
    change(device, server, keys)
    return {service: texts({0: make('Mine', note='changed here'), 1: make('NewHere'),
                            2: make('Theirs', note='changed there'), 3: make('NewThere')})
            for service, make in MAKERS.items()}
