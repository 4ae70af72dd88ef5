# heap-use-after-free: qcc_release frees the connection's tasklet, then releasing the streams wakes it
# signature: heap-use-after-free | tasklet | qc_stream_buf_free | qcc_release | qmux_init
# source this file in gdb: gdb -nx -iex 'set auto-load off' -x THIS --args haproxy ...
set pagination off
set breakpoint pending on
set $lastwake_freed = 0

# made in the set-up
break qmux_init
commands
  silent
  printf "lastwake: qmux_init\n"
  continue
end

# freed in op 8, run.timer c0 mux
break qcc_release
commands
  silent
  set $lastwake_freed = $lastwake_freed + 1
  printf "lastwake: qcc_release is about to free a tasklet\n"
  bt 8
  continue
end

# used in op 8, run.timer c0 mux
break qc_stream_buf_free
condition $bpnum $lastwake_freed > 0 && $_any_caller_is("qcc_release", 16)
commands
  printf "lastwake: qc_stream_buf_free after the free of a tasklet: heap-use-after-free\n"
  bt
end
