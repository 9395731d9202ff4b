"""The words of the portal: found in code and pages, held against the catalogue and the glossary."""
