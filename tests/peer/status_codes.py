"""The Status codes (RepPro 1.2 §10) by what they mean for an item."""

SUCCESS = (200, 201, 202, 203, 204, 207, 208, 209, 212, 214)  # for 205 see refused_items_test.py
# Confirmed in name only, or told to come back, or a failure that need not last.
AGAIN = (101, 206, 213, 215, 216, 300, 301, 302, 303, 304, 305,
         400, 401, 402, 407, 408, 409, 411, 412, 417, 420, 421, 422, 424, 426, 427, 428,
         500, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511, 512, 513, 514, 516, 517, 599, 1500)
# It would only be refused again until the item changes. 419: the server's version has won, and is still to come.
REFUSED = (403, 405, 406, 413, 414, 416, 419, 425, 501, 1415)
IN_NAME_ONLY = (206, 213, 215, 216)
FAILURES = tuple(sorted((set(AGAIN) | set(REFUSED) | {404, 410, 418, 423}) - set(IN_NAME_ONLY)))
SUCCESSES = tuple(sorted({*SUCCESS, *IN_NAME_ONLY, 205, 210, 211}))
