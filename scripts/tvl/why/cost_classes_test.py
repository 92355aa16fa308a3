import os
import tempfile
import unittest

from tvl.data.records import BadInput
from tvl.why import cost_classes

CALL = "asio_loop`main;libc.so.6`__send;entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k];"
SEND = CALL + "__x64_sys_sendto_[k];__sys_sendto_[k];tcp_sendmsg_[k];tcp_sendmsg_locked_[k]"
SOFTIRQ = ";do_softirq.part.0_[k];handle_softirqs_[k];net_rx_action_[k];tcp_v4_rcv_[k];tcp_rcv_established_[k]"
OFF = ";_raw_spin_unlock_irqrestore_[k];__raw_callee_save_pvm_irq_enable_[k];pvm_irq_enable_[k]"
TABLE = '[[class]]\nkey = "a"\ntitle = "A"\nmeaning = "one"\n[[class]]\nkey = "other"\ntitle = "B"\nmeaning = "rest"\n'


class CostClasses(unittest.TestCase):
    def class_of(self, *frames):
        return cost_classes.table().class_of(";".join(frames))

    def test_the_innermost_known_function_decides(self):
        for stack, key in ((SEND, "send"), (SEND + ";memcpy_[k]", "send"), (CALL.rstrip(";"), "syscall"),
                           (SEND + SOFTIRQ, "send"), (SEND + SOFTIRQ + ";sock_def_readable_[k]" + OFF, "wake_up"),
                           (SEND + SOFTIRQ + ";ep_poll_callback_[k];try_to_wake_up_[k]", "wake_up"),
                           (SEND + ";schedule_[k];__schedule_[k];finish_task_switch.isra.0_[k]" + OFF, "scheduler"),
                           (SEND + ";copy_from_iter_[k];asm_exc_page_fault_[k];clear_page_[k]", "memory")):
            self.assertEqual(self.class_of(stack), key, stack)

    def test_a_function_without_a_rule_leaves_it_to_its_caller(self):
        for call, key in (("__x64_sys_recvfrom_[k];tcp_recvmsg_[k]", "receive"),
                          ("do_epoll_wait_[k];ep_poll_[k]", "epoll"),
                          ("__x64_sys_futex_[k];do_futex_[k];futex_wait_[k]", "futex"), ("do_epoll_ctl_[k]", "epoll"),
                          ("__sys_accept4_[k];inet_csk_accept_[k]", "open_close"),
                          ("__do_sys_clone3_[k];kernel_clone_[k];copy_process_[k]", "threads"),
                          ("do_madvise_[k];zap_page_range_single_[k]", "memory"),
                          ("__do_sys_io_uring_enter_[k];io_submit_sqes_[k];io_issue_sqe_[k]", "epoll")):
            self.assertEqual(self.class_of(CALL + call + ";kmem_cache_alloc_noprof_[k]" + OFF), key, call)

    def test_packets_that_an_interrupt_brings_are_received_also_inside_of_a_send(self):
        interrupt = ";asm_sysvec_apic_timer_interrupt_[k];__irq_exit_rcu_[k];handle_softirqs_[k];net_rx_action_[k]"
        self.assertEqual(self.class_of(SEND + interrupt + ";tcp_v4_rcv_[k]"), "receive")
        self.assertEqual(self.class_of("asio_loop`main" + interrupt + ";tcp_v4_rcv_[k]"), "receive")

    def test_a_wake_up_by_a_futex_is_of_the_futex(self):
        self.assertEqual(self.class_of(CALL + "do_futex_[k];futex_wake_[k];wake_up_q_[k];try_to_wake_up_[k]"), "futex")

    def test_the_work_of_an_unknown_call_is_not_its_entry(self):
        self.assertEqual(self.class_of(CALL + "__x64_sys_newstat_[k];path_lookupat_[k]"), "other")
        self.assertEqual(self.class_of(CALL.rstrip(";") + OFF), "syscall")

    def test_read_and_write_are_of_a_socket_unless_they_reach_a_file(self):
        for call, key in (("ksys_write_[k];vfs_write_[k];rw_verify_area_[k]", "send"),
                          ("ksys_read_[k];fdget_pos_[k]", "receive"),
                          ("do_writev_[k];vfs_writev_[k];do_iter_readv_writev_[k];sock_write_iter_[k]", "send"),
                          ("ksys_write_[k];vfs_write_[k];ext4_file_write_iter_[k];generic_perform_write_[k]", "other"),
                          ("ksys_read_[k];vfs_read_[k];pipe_read_[k];schedule_[k]", "scheduler"),
                          ("ksys_write_[k];vfs_write_[k];eventfd_write_[k]", "epoll")):
            self.assertEqual(self.class_of(CALL + call), key, call)

    def test_code_of_programs_and_libraries(self):
        for frame, key in (("asio_loop`tvl::handler::session::next", "own"),
                           ("asio_loop`tvl::runtime::listener::run", "runtime"),
                           ("asio_threads`boost::beast::http::basic_parser::put", "runtime"),
                           ("asio_loop`(anonymous namespace)::serve", "runtime"), ("libc.so.6`malloc", "runtime"),
                           ("[vdso]`__vdso_clock_gettime", "runtime"), ("libc.so.6`__libc_recv", "syscall"),
                           ("libc.so.6`clock_nanosleep@GLIBC_2.2.5", "syscall"), ("libc.so.6`start_thread", "runtime"),
                           ("libc.so.6`pthread_mutex_lock@@GLIBC_2.2.5", "futex"), ("libc.so.6`epoll_wait", "syscall"),
                           ("nginx`ngx_http_handler", "own"), ("nginx`[unknown]", "own"),
                           ("hello`std::sort", "runtime"), ("libpython3.11.so.1.0`_PyEval_EvalFrameDefault", "own"),
                           ("python3.11`PyObject_Call", "own"),
                           ("hello`main.handle", "own"), ("hello`internal/runtime/syscall.Syscall6", "syscall"),
                           ("hello`runtime.futex.abi0", "futex"), ("libjvm.so`JVM_Send", "own"),
                           ("libnio.so`Net_poll", "runtime"),
                           ("perf-1234.map`[unknown]", "own"), ("[unknown]`[unknown]", "other")):
            self.assertEqual(self.class_of("x`main", frame) if key != "other" else self.class_of(frame), key, frame)

    def test_frames_of_unknown_files_are_skipped(self):
        self.assertEqual(self.class_of("asio_loop`tvl::handler::session::next", "[unknown]`[unknown]"), "own")

    def test_kernel_functions_without_names_are_not_the_call_of_the_program(self):
        self.assertEqual(self.class_of("asio_loop`main", "libc.so.6`__send", "[unknown]_[k]", "[unknown]_[k]"), "other")

    def test_every_class_has_a_rule_and_a_short_title(self):
        table = cost_classes.table()
        self.assertEqual({rule.key for rule in table.rules}, {one.key for one in table.classes})
        self.assertLessEqual(max(len(one.title) for one in table.classes), 22)

    def refusal(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "classes.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            with self.assertRaises(BadInput) as caught:
                cost_classes.table(path)
        return str(caught.exception)

    def test_a_table_that_is_none_is_refused_with_the_reason(self):
        for text, said in (("[[", "no table of cost classes"), (TABLE, "'rule'"),
                           (TABLE.replace('"other"', '"b"'), "other last"),
                           (TABLE + '[[rule]]\nclass = "c"\nkernel = ["x"]\n', "unknown class c"),
                           (TABLE + '[[rule]]\nclass = "a"\n', "kernel or user"),
                           (TABLE + '[[rule]]\nclass = "a"\nuser = ["x"]\nunder_ = ["y"]\n', "under_")):
            self.assertIn(said, self.refusal(text))


if __name__ == "__main__":
    unittest.main()
