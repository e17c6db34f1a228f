# What constants are, and conditions of them.

def count(self) -> int:
    return self.COUNT()

def scale(self) -> float:
    return self.SCALE()

def tied(self) -> bool:
    return self.TIED()

def conditions(self, rows: int) -> int:
    met = 0
    if self.COUNT() == 0 and rows > 1:
        met = met + 1
    if self.COUNT() != 0 or rows > 1:
        met = met + 1
    if rows > 1 and not self.COUNT() < 1:
        met = met + 1
    if rows > 7:
        met = met + 1
    elif self.COUNT() >= 1:
        met = met + 1
    if rows * self.COUNT() > 0:
        met = met + 1
    if self.COUNT() - rows > 0:
        met = met + 1
    if self.COUNT() > rows:
        met = met + 1
    return met
