# A method that takes what a kernel packs.

def kept(self, w: Matrix, MatrixRows: int) -> Matrix:
    return w
