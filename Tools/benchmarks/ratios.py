# What the seconds of alternating turns come to: medians, ratios with their spread, and a table. Runs nothing.
"""A ratio is the peer's seconds by ours within one round; the figure is the median of the rounds' ratios."""

import statistics


def spread(ours, theirs):
    """How many times faster ours is: median, lowest and highest of the rounds."""
    found = [their / our for our, their in zip(ours, theirs)]
    middle = statistics.median(found)
    return {"ratio": round(middle, 3), "lowest": round(min(found), 3), "highest": round(max(found), 3)}


def speed(rows, seconds):
    """Real tokens, never padding, and the milliseconds of one run over all."""
    middle = statistics.median(seconds)
    return {"tokensPerSecond": round(sum(map(len, rows)) / middle, 1), "milliseconds": round(middle * 1000, 3)}


def summary(rows, taken, chosen, threads):
    """The record of one cell, of the seconds of each side in each round."""
    ours = taken["adze"]
    record = {"adze": speed(rows, ours), "peers": {}}
    for name, seconds in taken.items():
        if name == "adze":
            continue
        entry = speed(rows, seconds) | spread(ours, seconds)
        if name in chosen:
            workers, size = chosen[name]
            record["peers"][name] = entry | {"split": f"{workers}x{threads // workers}", "batch": size}
        else:
            record[name] = entry
    if record["peers"]:
        # The best peer is the one with the best median: not the luckiest of each round, which none of them is.
        best = max(record["peers"], key=lambda name: record["peers"][name]["tokensPerSecond"])
        record["best"] = {"peer": best, **{key: record["peers"][best][key] for key in ("ratio", "lowest", "highest")}}
    return record


class Table:
    """A line a cell, printed as soon as it is known."""

    COLUMNS = f"{'model':<10} {'prec':<4} {'thr':>3} {'cell':<12} {'tokens':>6} {'adze tok/s':>10} {'ms':>9}   "

    def __init__(self):
        self.begun = False

    def show(self, record):
        if not self.begun:
            columns = f"{'× best (lowest…highest)':<25} {'best peer':<15} "
            print(self.COLUMNS + columns + "× each peer: tok/s, workers x threads, batch")
            self.begun = True
        ours, best = record["adze"], record.get("best")
        line = (
            f"{record['model'][:10]:<10} {record['precision']:<4} {record['threads']:>3} {record['cell']:<12} "
            f"{record['tokens']:>6} {ours['tokensPerSecond']:>10,.0f} {ours['milliseconds']:>9,.2f}   ")
        if best:
            ratio = f"{best['ratio']:.2f} ({best['lowest']:.2f}…{best['highest']:.2f})"
            line += f"{ratio:<25} {best['peer']:<15} "
        sides = sorted(record["peers"].items(), key=lambda item: item[1]["ratio"])
        parts = [
            f"{name} {entry['ratio']:.2f}: {entry['tokensPerSecond']:,.0f}, {entry['split']}, {entry['batch']}"
            for name, entry in sides]
        if "adze-fp32" in record:
            entry = record["adze-fp32"]
            parts.append(f"adze fp32 {entry['ratio']:.2f} ({entry['lowest']:.2f}…{entry['highest']:.2f})")
        print(line + "; ".join(parts), flush=True)
