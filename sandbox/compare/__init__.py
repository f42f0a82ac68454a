"""How what came out of the sandbox is judged, by whoever holds the expected values: never beside the program itself.

`values` compares what calls returned, `printed` what programs printed, `checker` asks a program written for a problem;
`text` turns values into texts for messages and keys. Both sides of a comparison are plain built-in values
(`sandbox.values`), so no method written by a candidate is ever called.

    async with Sandbox() as sandbox:
        execution = await sandbox.run(Program("def f(x): return {x, 0.1 + x}"), [Call("f", (0.2,))])
        case = execution.results[0]
        print(case.status == "ok" and same({0.2, 0.3}, case.value))
"""
