"""What is tested: tables and predictors. Level 2: must not import checks or stats."""
