"""Notebook files: cells, test cells, outputs, kernels. Level 3: knows neither pytest nor papermill."""
