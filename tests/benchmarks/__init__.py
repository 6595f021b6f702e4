"""What speed is measured with; run by hand (`python -m tests.benchmarks.startup`), never by the tests."""
