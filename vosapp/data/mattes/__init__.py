"""Pictures with exact alpha to train the matte refiner on: hair, fur, blur and keyed edges over real backgrounds."""
