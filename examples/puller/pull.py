"""Keeps a copy of Jixiao's resources in a local SQLite file: one snapshot, then the change feed.

    python pull.py http://127.0.0.1:8080 TOKEN copy.db [--until-caught-up]

It may be killed at any moment and started again: what it has taken and how far it has come are written in the same
transaction. The token needs exports:write, changes:read, projects:read and scores:read; only the standard library is used.
"""
import hashlib, http.client, json, sqlite3, sys, time, urllib.error, urllib.request

# Each kind of export with the path of its resources.
SNAPSHOT = {"projects": "projects", "budget_lines": "budget-lines", "indicators": "indicators", "scores": "scores"}
ADDED = {"organization_code", "organization_name", "project_code"}  # what an export adds to these resources
KINDS = [("project", "created", "updated", "deleted"), ("score", "published", "updated")]
PARTS = {"budget_lines": "budget-lines", "indicators": "indicators"}  # what is told with its project
TYPES = "".join(f"&type=jixiao.{kind}.{what}" for kind, *all_of in KINDS for what in all_of)


class Service:
    def __init__(self, url, token):
        self.url, self.headers = url.rstrip("/"), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, method, path, body=None):
        """The bytes of the answer; what passes (no connection, a busy service) is tried again."""
        data = None if body is None else json.dumps(body).encode()
        while True:
            request = urllib.request.Request(self.url + "/api/v1" + path, data, self.headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                if error.code not in (429, 500, 502, 503, 504):
                    raise
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.2)

    def read(self, method, path, body=None):
        return json.loads(self.ask(method, path, body))


def keep(copy, subject, state):
    copy.execute("REPLACE INTO resource VALUES (?, ?, ?)",
                 (subject, state.get("project_id"), json.dumps(state, sort_keys=True, ensure_ascii=False)))


def drop_parts(copy, project):
    for path in PARTS.values():
        copy.execute("DELETE FROM resource WHERE project_id = ? AND subject LIKE ?", (project, path + "/%"))


def take(copy, event):
    """Writes down what an event says; a project comes with all of its parts."""
    kind, name = event["subject"].split("/")
    state = event["data"].get("state")
    if state is None and "superseded_by_id" in event["data"]:
        return  # a later event of this page has the state
    if kind == "projects":
        drop_parts(copy, name)
    if state is None:  # gone, or no longer ours to see
        copy.execute("DELETE FROM resource WHERE subject = ?", (event["subject"],))
        return
    for parts, path in PARTS.items():
        for part in state.pop(parts, ()):
            keep(copy, f"{path}/{part['id']}", part)
    keep(copy, event["subject"], state)


def snapshot(service, copy):
    """Takes an export of each kind. The feed is followed from where the first of them was taken: what a later one has
    already is then only written again."""
    reached = None
    with copy:
        copy.execute("DELETE FROM resource")
        for kind, path in SNAPSHOT.items():
            export = service.read("POST", "/exports", {"kind": kind})
            while export["status"] == "running":
                export = service.read("GET", f"/exports/{export['id']}?wait=30")
            if export["status"] != "ready":
                sys.exit(f"the export of {kind} failed: {export.get('problem')}")
            content = service.ask("GET", f"/exports/{export['id']}/content")
            if hashlib.sha256(content).hexdigest() != export["manifest"]["sha256"]:
                sys.exit(f"the export of {kind} arrived damaged")
            for row in map(json.loads, filter(None, content.split(b"\n"))):
                added = () if kind == "scores" else ADDED
                keep(copy, f"{path}/{row['id']}", {name: row[name] for name in row if name not in added})
            reached = reached or export["manifest"]["next"]
        copy.execute("REPLACE INTO reached VALUES (1, ?)", (reached,))


def follow(service, copy, until_caught_up):
    while True:
        (after,) = copy.execute("SELECT position FROM reached").fetchone()
        wait = 0 if until_caught_up else 30
        page = service.read("GET", f"/changes?after={after}&wait={wait}&limit=1000&include=data{TYPES}")
        with copy:
            for event in page["items"]:
                take(copy, event)
            copy.execute("UPDATE reached SET position = ?", (page["next"],))
        if until_caught_up and not page["has_more"]:
            return


def main(url, token, file, *options):
    service, copy = Service(url, token), sqlite3.connect(file)
    if (copy.execute("PRAGMA user_version").fetchone()[0]) != 2:  # a copy of before, which did not know of whose project a row is
        copy.executescript("DROP TABLE IF EXISTS resource; DROP TABLE IF EXISTS reached; PRAGMA user_version = 2;")
    copy.executescript("CREATE TABLE IF NOT EXISTS resource (subject TEXT PRIMARY KEY, project_id TEXT, state TEXT NOT NULL);"
                       "CREATE INDEX IF NOT EXISTS resource_by_project ON resource (project_id);"
                       "CREATE TABLE IF NOT EXISTS reached (one INTEGER PRIMARY KEY, position TEXT NOT NULL);")
    while True:
        if copy.execute("SELECT 1 FROM reached").fetchone() is None:
            snapshot(service, copy)
        try:
            return follow(service, copy, "--until-caught-up" in options)
        except urllib.error.HTTPError as error:
            if error.code != 410:
                raise
            with copy:
                copy.execute("DELETE FROM reached")  # the feed no longer reaches back so far: a new snapshot


main(*sys.argv[1:])
