"""Image backbones: networks that learnt to tell things apart on ImageNet, and what other networks build on."""
