insert into finding_advisory_packages (package, advisory)
values ($1, $2)
