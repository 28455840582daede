"""S2S (Xu et al. 2018) and S2S++ (Azimi et al. 2020): segmentation carried by recurrent memories alone."""
