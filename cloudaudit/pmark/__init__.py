"""The record of operation for Pマーク as forms. Evidence and records, never a proof of conformity.

The forms are Japanese and for Japanese assessors, so their texts are in Japanese alone.
"""
