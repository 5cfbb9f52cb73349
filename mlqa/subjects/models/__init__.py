"""Models of many libraries, each as something with predict: one kind a file, its library imported when used."""
