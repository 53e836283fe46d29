"""Writes the golden vectors: `python3 vectors/generate/generate.py`.

The formulas here are an independent reading of the specification in exact fractions; nothing is
taken from the TypeScript. Tests only read the JSON.
"""

import json
from pathlib import Path
import auctions
import bonuses
import closing
import closing_legs
import closing_optimum
import guards
import lending
import liquidation
import loss_capital
import losses
import loss_ranks
import margin
import penalties
import prices
import records
import routes
import throttles
import waterfall

ROOT = Path(__file__).resolve().parent.parent
MODULES = (
    prices, guards, margin, liquidation, closing, closing_legs, closing_optimum, throttles,
    auctions, bonuses, penalties, loss_capital, losses, loss_ranks, waterfall, lending,
    routes, records,
)


def main():
    for module in MODULES:
        for vector in module.VECTORS:
            cases = [
                {"title": title, "input": given, "expected": vector["compute"](given)}
                for title, given in vector["cases"]()
            ]
            titles = [case["title"] for case in cases]
            assert len(set(titles)) == len(titles), f"a title twice in {vector['path']}"
            page = {
                "name": vector["name"],
                "source": "Plimsoll: an independent implementation in exact rational numbers",
                "generator": f"vectors/generate/{module.__name__}.py",
                "spec": vector["spec"],
            }
            # One case on a line: a change of one number is a change of one line.
            lines = ",\n".join(f"    {json.dumps(case, ensure_ascii=False)}" for case in cases)
            head = json.dumps(page, ensure_ascii=False, indent=2)[:-2]
            path = ROOT / vector["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'{head},\n  "cases": [\n{lines}\n  ]\n}}\n', encoding="utf-8")
            print(f"{vector['path']}: {len(cases)} cases")


if __name__ == "__main__":
    main()
