"""The optimisers over one picture: a projected L-BFGS of our own, and Adam.

Both work inside the box [0, 1] *while* they optimise, so that the picture returned is the picture
optimised. Systems that clamp at the end lose up to two thirds of what they gained on dark and
saturated styles.

An optimiser holds the picture to evaluate next (`image`). The caller evaluates the loss and its
gradient there and hands both to `step`, which moves `image`: one evaluation per iteration.
"""
