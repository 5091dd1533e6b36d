"""The demo: two counties with their compounds, people and 120 complaints, all made through the actions.

Whatever is invented carries 示例 in its name and is marked `invented`; people have names that nobody bears (林示例, 陈样本).
"""
