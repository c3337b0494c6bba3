# SPDX-License-Identifier: GPL-2.0
#
# "make run" and "make test" are all that is needed; "make help" lists the rest.

BASE ?= 6.12
export BASE

scripts := tools/kernel
user := tools/testing/genalloc

help:
	@echo 'make run     boot an i.MX6 board that uses the pools (QEMU)'
	@echo 'make test    every test; the last line is "N passed, N failed"'
	@echo 'make check   the fast part of the tests, for every edit'
	@echo
	@echo 'make explore every interleaving of the map, and mutants that it must find'
	@echo 'make litmus  the memory ordering, under the memory model of the kernel'
	@echo 'make prove   the arithmetic, for all values, and mistakes that must show'
	@echo 'make stress SECONDS=60: threads in a process, and CPUs in a kernel'
	@echo 'make fuzz CALLS=1000000: in a process'
	@echo 'make bench   the speed beside that of the base kernel; LONG=1 for all of it'
	@echo 'make count   the instructions that calls execute, beside the same; to keep'
	@echo '             its figures: cp out/bench/counts.csv tools/testing/genalloc/bench/'
	@echo 'make size    the text of each object on three machines, and of the same'
	@echo
	@echo 'make tree    the kernel tree with the series as commits on top'
	@echo 'make take    take over what was changed in these commits (take.py)'
	@echo 'make topics  the parts of the series: patches, lines, recipients; of TOPIC=name'
	@echo '             each patch, and the addresses'
	@echo 'make series  the topics as git format-patch files in out/; TOPIC=name: one,'
	@echo '             with To: and Cc:; V=2 and SINCE=revision: with a range-diff;'
	@echo '             BASE_COMMIT=id: the commit that others know the base by'
	@echo 'make bisect  build and test after each patch; TOPIC=name, FROM=n: from the'
	@echo '             nth on; EACH=topic: after each topic, also on x86_64'
	@echo 'make peekers who walks the memory map looks at the pages of pools (QEMU)'
	@echo 'make callers compile every caller, compare its warnings with the base'
	@echo 'make boards  boot boards of QEMU whose drivers use pools (BOARDS="pc s390");'
	@echo '             KASAN=1: KASAN watches those with pools of ordinary memory'
	@echo 'make cocci   what callers free that they have not allocated (coccinelle)'
	@echo 'make fixes   each fix by itself on the base: applies, in any order, compiles'
	@echo 'make arches  compile for every architecture; KUnit on eight more (QEMU)'
	@echo
	@echo 'make deps    install the Debian packages that all of these need'
	@echo 'make clean   remove out/'
	@echo
	@echo 'BASE=6.12 (default), BASE=7.2 or BASE=<path of a kernel git tree>'
	@echo 'chooses the kernel. JOBS=N sets how much runs at a time. Logs and'
	@echo 'results are in out/; what takes long is kept in GENALLOC_CACHE'
	@echo '(default ~/.cache/genalloc), which may be removed at any time.'

run test check peekers tree take topics series bisect callers cocci arches fixes \
		deps litmus prove bench count size:
	@$(scripts)/$@.sh

boards:
	@$(scripts)/boards.sh $(BASE) $(BOARDS)

explore:
	@$(scripts)/deps.sh user
	@$(MAKE) -s -C $(user)/explore run

stress:
	@$(scripts)/deps.sh user
	@$(MAKE) -s -C $(user) $@
	@$(scripts)/torture.sh $(SECONDS)

fuzz:
	@$(scripts)/deps.sh user
	@$(MAKE) -s -C $(user) $@

clean:
	rm -rf out

.PHONY: help run test check peekers tree take topics series bisect callers cocci \
	arches fixes boards deps litmus prove explore stress fuzz clean bench count size
