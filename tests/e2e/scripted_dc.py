#!/usr/bin/env python3
"""A discovery controller over NVMe/TCP that gives the answers that a file has for it.

    scripted_dc.py --listen 10.20.1.10:8009 [--listen …] LOG.json

The kernel's own target lists only what it exposes; this one serves any log to the real host driver: dead portals,
hostile text, a generation counter that never rests, records without end.  On SIGHUP it reads the file again and sends
every host that asked for it that its discovery log has changed (AEN 0x70f002).  On standard output it writes a line
for each thing that a host did, so that a test can look at how the log was read.

The file, every key optional:
    {"genctr": 4,
     "records": [{"trtype": "tcp", "adrfam": "ipv4", "subtype": "nvme subsystem", "treq": "not specified",
                  "portid": 1, "trsvcid": "4420", "subnqn": "nqn.…", "traddr": "10.20.1.21",
                  "eflags": ["epcsd"], "sectype": "none"}],
     "numrec": 18446744073709551615,    what the header claims instead of the truth
     "genctr-moves": true,              every read of the header finds a new generation counter
     "subnqn": "nqn.…",                 the controller's own NQN, if not the well-known one
     "event": 131329,                   what SIGHUP raises instead of the discovery log's event
     "silent": "accept"}                falls silent: accept (no ICResp), connect, log; for connections made later
A record's words are those that `nvme discover -o json` prints; numbers may stand for them.  Text is written into the
record as it is, one byte for each character up to U+00FF, filled up with NUL, or with blanks if the record says
"pad": " ".  "raw" gives a whole record in hexadecimal digits.

Formats: NVM Express Base Specification 2.0 (5.17 Identify, 5.16.1.23 discovery log), NVMe/TCP 1.0 (3.6 PDUs).
"""
import argparse
import asyncio
import json
import signal
import struct

WELL_KNOWN = "nqn.2014-08.org.nvmexpress.discovery"

# PDU types (NVMe/TCP 1.0, 3.6.2)
ICREQ, ICRESP, CAPSULE_COMMAND, CAPSULE_RESPONSE, C2H_DATA = 0, 1, 4, 5, 7
LAST_PDU = 4
# Admin opcodes, and the Fabrics command types that follow opcode 0x7f
GET_LOG_PAGE, IDENTIFY, SET_FEATURES, GET_FEATURES, ASYNC_EVENT, KEEP_ALIVE, FABRICS = 2, 6, 9, 10, 12, 0x18, 0x7F
PROPERTY_SET, CONNECT, PROPERTY_GET = 0, 1, 4
# Properties
CAP, VERSION, CONFIGURATION, STATUS = 0x00, 0x08, 0x14, 0x1C
# Status codes with "do not retry" set
INVALID_OPCODE, INVALID_FIELD = 0x4001, 0x4002

DISCOVERY_LOG = 0x70
ASYNC_EVENT_CONFIGURATION = 0x0B
DISCOVERY_LOG_CHANGED = 1 << 31  # in OAES and in the feature
DISCOVERY_LOG_CHANGED_EVENT = 0x70F002

WORDS = {
    "trtype": {"rdma": 1, "fc": 2, "tcp": 3, "loop": 254},
    "adrfam": {"ipv4": 1, "ipv6": 2, "infiniband": 3, "fibre-channel": 4, "loop": 254},
    "subtype": {"discovery subsystem referral": 1, "nvme subsystem": 2, "current discovery subsystem": 3},
    "treq": {"not specified": 0, "required": 1, "not required": 2},
    "sectype": {"none": 0, "tls": 1, "tls13": 2},
}
EFLAGS = {"dupretinfo": 1, "epcsd": 2, "ncc": 4}


def number(record, key, default):
    value = record.get(key, default)
    return value if isinstance(value, int) else WORDS[key][value]


def text(record, key, size):
    pad = record.get("pad", "\0").encode("latin-1")
    return record.get(key, "").encode("latin-1")[:size].ljust(size, pad)


def encode_record(record):
    """One entry of the log, 1024 bytes."""
    if "raw" in record:
        return bytes.fromhex(record["raw"]).ljust(1024, b"\0")[:1024]
    eflags = sum(EFLAGS[word] for word in record.get("eflags", []))
    head = struct.pack("<BBBBHHHH", number(record, "trtype", "tcp"), number(record, "adrfam", "ipv4"),
                       number(record, "subtype", "nvme subsystem"), number(record, "treq", "not specified"),
                       record.get("portid", 1), 0xFFFF, 32, eflags)
    sectype = bytes([number(record, "sectype", "none")])
    return (head.ljust(32, b"\0") + text(record, "trsvcid", 32) + bytes(192) + text(record, "subnqn", 256) +
            text(record, "traddr", 256) + sectype.ljust(256, b"\0"))


class Script:
    """The file, and what every connection shares."""

    def __init__(self, path):
        self.path = path
        self.controllers = set()
        self.moved = 0
        self.read()

    def read(self):
        with open(self.path) as file:
            self.settings = json.load(file)
        self.records = [encode_record(record) for record in self.settings.get("records", [])]
        self.body = b"".join(self.records)

    def log_page(self):
        numrec = self.settings.get("numrec", len(self.records))
        header = struct.pack("<QQH", self.settings.get("genctr", 1) + self.moved, numrec, 0)
        return header.ljust(1024, b"\0") + self.body

    def header_was_read(self):
        if self.settings.get("genctr-moves"):
            self.moved += 1

    def changed(self):
        self.read()
        say("read the log again")
        for controller in self.controllers:
            controller.log_changed()


def say(line):
    print(line, flush=True)


class Controller:
    """One admin queue: a TCP connection and the discovery controller behind it."""

    def __init__(self, script, number_, reader, writer):
        self.script, self.number, self.reader, self.writer = script, number_, reader, writer
        self.silent = script.settings.get("silent")
        self.configuration = 0
        self.wants_events = 0
        self.waiting = []  # command ids of Asynchronous Event Requests
        self.told = False  # an event was sent, and the log was not read with RAE clear since

    async def serve(self):
        if self.silent == "accept":
            await self.reader.read(-1)
            return
        while True:
            kind, header, data = await self.pdu()
            if kind == ICREQ:
                self.writer.write(struct.pack("<BBBBIHBBI", ICRESP, 0, 128, 0, 128, 0, 0, 0, 1 << 17).ljust(128, b"\0"))
            elif kind == CAPSULE_COMMAND:
                self.command(header[8:72], data)
            else:
                say(f"nothing known about a PDU of type {kind}")
                return
            await self.writer.drain()

    async def pdu(self):
        common = await self.reader.readexactly(8)
        kind, _, length, data_offset, whole = struct.unpack("<BBBBI", common)
        rest = await self.reader.readexactly(whole - 8)
        pdu = common + rest
        return kind, pdu[:length], pdu[data_offset:] if data_offset else b""

    # Answers

    def complete(self, command, result=0, status=0):
        (cid,) = struct.unpack_from("<H", command, 2)
        self.complete_id(cid, result, status)

    def complete_id(self, cid, result=0, status=0):
        entry = struct.pack("<QHHHH", result, 0, 0, cid, status << 1)
        self.writer.write(struct.pack("<BBBBI", CAPSULE_RESPONSE, 0, 24, 0, 24) + entry)

    def send(self, command, data):
        (cid,) = struct.unpack_from("<H", command, 2)
        head = struct.pack("<BBBBI", C2H_DATA, LAST_PDU, 24, 24, 24 + len(data))
        self.writer.write(head + struct.pack("<HHIII", cid, 0, 0, len(data), 0) + data)
        self.complete(command)

    # Commands

    def command(self, command, data):
        handlers = {FABRICS: self.fabrics, IDENTIFY: self.identify, GET_LOG_PAGE: self.get_log_page,
                    SET_FEATURES: self.set_features, GET_FEATURES: self.get_features,
                    ASYNC_EVENT: self.async_event, KEEP_ALIVE: lambda command, _: self.complete(command)}
        handler = handlers.get(command[0])
        if handler:
            handler(command, data)
        else:
            self.complete(command, status=INVALID_OPCODE)

    def fabrics(self, command, data):
        kind = command[4]
        if kind == CONNECT:
            self.connect(command, data)
        elif kind == PROPERTY_GET:
            (offset,) = struct.unpack_from("<I", command, 44)
            self.complete(command, self.property(offset))
        elif kind == PROPERTY_SET:
            offset, value = struct.unpack_from("<IQ", command, 44)
            if offset == CONFIGURATION:
                self.configuration = value & 0xFFFFFFFF
            self.complete(command)
        else:
            self.complete(command, status=INVALID_FIELD)

    def connect(self, command, data):
        (kato,) = struct.unpack_from("<I", command, 48)
        subsystem, host = (data[at:at + 256].split(b"\0")[0].decode("latin-1") for at in (256, 512))
        say(f"connect subnqn={subsystem} hostnqn={host} kato={kato}")
        if self.silent != "connect":
            self.complete(command, self.number)

    def property(self, offset):
        """CAP: one command set, contiguous queues of 128, 7.5 s to become ready.  Shutdown is over when asked for."""
        enabled, shutdown = self.configuration & 1, bool(self.configuration & 0xC000)
        return {CAP: 127 | 1 << 16 | 15 << 24 | 1 << 37, VERSION: 0x10400, CONFIGURATION: self.configuration,
                STATUS: enabled | (0x8 if shutdown else 0)}.get(offset, 0)

    def identify(self, command, _):
        if command[40] != 1:  # only the controller itself
            self.complete(command, status=INVALID_FIELD)
            return
        page = bytearray(4096)
        struct.pack_into("<HI", page, 78, self.number, 0x10400)  # CNTLID, VER
        page[24:64] = b"scripted discovery controller".ljust(40)  # MN
        page[64:72] = b"1".ljust(8)  # FR
        struct.pack_into("<I", page, 92, DISCOVERY_LOG_CHANGED)  # OAES
        page[111] = 2  # CNTRLTYPE: discovery controller
        page[261] = 4  # LPA: extended data for Get Log Page
        struct.pack_into("<H", page, 320, 10)  # KAS: in units of 100 ms
        struct.pack_into("<H", page, 514, 128)  # MAXCMD
        struct.pack_into("<I", page, 536, 1 << 20 | 1)  # SGLS: transport SGL data block
        nqn = self.script.settings.get("subnqn", WELL_KNOWN).encode()
        page[768:768 + len(nqn)] = nqn
        struct.pack_into("<II", page, 1792, 4 + 8192 // 16, 1)  # IOCCSZ, IORCSZ
        self.send(command, bytes(page))

    def get_log_page(self, command, _):
        dw10, dw11, offset = struct.unpack_from("<IIQ", command, 40)
        length = ((dw10 >> 16 | (dw11 & 0xFFFF) << 16) + 1) * 4
        keeps_event = bool(dw10 >> 15 & 1)
        if dw10 & 0xFF != DISCOVERY_LOG:
            self.complete(command, status=INVALID_FIELD)
            return
        say(f"log offset={offset} length={length} rae={int(keeps_event)}")
        if self.silent == "log":
            return
        self.send(command, self.script.log_page()[offset:offset + length].ljust(length, b"\0"))
        if offset == 0:
            self.script.header_was_read()
        if not keeps_event:
            self.told = False

    # Events

    def set_features(self, command, _):
        feature, value = struct.unpack_from("<II", command, 40)
        if feature & 0xFF == ASYNC_EVENT_CONFIGURATION:
            self.wants_events = value & DISCOVERY_LOG_CHANGED
        self.complete(command)

    def get_features(self, command, _):
        wanted = command[40] == ASYNC_EVENT_CONFIGURATION
        self.complete(command, self.wants_events if wanted else 0)

    def async_event(self, command, _):
        self.waiting.append(struct.unpack_from("<H", command, 2)[0])

    def log_changed(self):
        if self.wants_events and self.waiting and not self.told:
            self.told = True
            say("event sent")
            self.complete_id(self.waiting.pop(0), self.script.settings.get("event", DISCOVERY_LOG_CHANGED_EVENT))


async def serve(script, addresses):
    numbers = iter(range(1, 1 << 16))

    async def accepted(reader, writer):
        controller = Controller(script, next(numbers) % 0xFFEF, reader, writer)
        script.controllers.add(controller)
        try:
            await controller.serve()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            script.controllers.discard(controller)
            writer.close()

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, script.changed)
    servers = []
    for address in addresses:
        host, _, port = address.rpartition(":")
        servers.append(await asyncio.start_server(accepted, host.strip("[]"), int(port)))
    say("ready")
    await asyncio.gather(*(server.serve_forever() for server in servers))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", action="append", required=True, metavar="ADDRESS:PORT")
    parser.add_argument("log")
    options = parser.parse_args()
    asyncio.run(serve(Script(options.log), options.listen))


if __name__ == "__main__":
    main()
