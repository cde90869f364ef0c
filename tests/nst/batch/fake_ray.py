"""Ray as a pool sees it, in this process: what workers are asked is done when it is waited for."""

from types import SimpleNamespace


class FakeRay:
    """Workers answer in the order they are asked; those of `silent` never do.

    Attributes:
        most: calls that one worker had waiting at once.
        puts: what was put for all.
    """

    exceptions = SimpleNamespace(RayError=RuntimeError)

    def __init__(self, processors, silent=()):
        self._processors, self._silent = processors, silent
        self._waiting, self._results, self._started = {}, {}, 0
        self.most, self.puts = 0, []

    def init(self, *_, **__):
        pass

    shutdown = init

    def nodes(self):
        return [{"Alive": True, "Resources": {"CPU": self._processors}}]

    def remote(self, kind):
        return SimpleNamespace(options=lambda **_: SimpleNamespace(remote=self._start(kind)))

    def _start(self, kind):
        def start(load):
            worker, number = kind(load), self._started
            self._started += 1
            calls = {
                name: SimpleNamespace(remote=self._call(getattr(worker, name), number))
                for name in ("loaded", "done")
            }
            return _Handle(calls)

        return start

    def _call(self, method, worker):
        def call(*arguments):
            reference = object()
            self._waiting[reference] = (worker, method, arguments)
            waiting = sum(one[0] == worker for one in self._waiting.values())
            self.most = max(self.most, waiting)
            return reference

        return call

    def put(self, value):
        self.puts.append(value)
        return value

    def wait(self, references, timeout=None):
        for reference in references:
            worker, method, arguments = self._waiting[reference]
            if worker in self._silent and method.__name__ == "done":
                continue
            del self._waiting[reference]
            self._results[reference] = method(*arguments)
            return [reference], []
        assert timeout is not None
        return [], references

    def get(self, reference):
        return self._results.pop(reference)


class _Handle:
    def __init__(self, calls):
        self.__dict__.update(calls)
