"""The style losses: functions of the moments of a layer's activations.

An iteration computes the moments of each layer and region, the Gram matrix and the mean
(`nst.loss.moments`). A statistic is made from a style's moments, and compares others with them.
Regions, blends of styles and the way back through the network know nothing of which it is. One more
is one class of `nst.loss.statistic.StyleStatistic`'s kind and one line in
`nst.settings.STYLE_LOSSES`.
"""
