"""The order of the stages. It alone knows them all, and hands each what it needs."""
