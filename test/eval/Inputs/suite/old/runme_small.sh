./old > output_small.txt
