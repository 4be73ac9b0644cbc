//! The listening socket: systemd's, where it hands one over, else one of our own.
//!
//! The shipped unit has no network and may not make a socket that reaches one; a socket that it is
//! handed works all the same.
#![allow(unsafe_code)]

use std::{
    io,
    net::TcpListener,
    os::fd::{FromRawFd, OwnedFd},
};

use rustix::net::{
    AddressFamily, SocketType,
    sockopt::{socket_acceptconn, socket_domain, socket_type},
};

use crate::config::admin::Listen;

/// Takes the socket that systemd hands over. To be called once in a process, before it opens
/// anything; `None` where systemd hands none over.
///
/// # Errors
/// When what was handed over is no listening TCP socket, or more than one.
pub fn handed_over() -> io::Result<Option<TcpListener>> {
    let mut descriptors = sd_notify::listen_fds()?;
    let Some(number) = descriptors.next() else { return Ok(None) };
    // SAFETY: systemd has opened it for this process, which has not touched it since it was
    // executed, and nothing else here knows of it.
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    let is_tcp = matches!(socket_domain(&socket)?, AddressFamily::INET | AddressFamily::INET6)
        && socket_type(&socket)? == SocketType::STREAM
        && socket_acceptconn(&socket)?;
    if !is_tcp || descriptors.next().is_some() {
        let why = "systemd handed over something else than one listening TCP socket; put one \
                   ListenStream= with an address and port into filsluse-admin.socket";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    Ok(Some(TcpListener::from(socket)))
}

/// The socket to listen at, ready for tokio.
///
/// # Errors
/// When it cannot be had; says what to do.
pub(super) fn open(listen: Listen, handed_over: Option<&TcpListener>) -> io::Result<TcpListener> {
    let socket = match (handed_over, listen) {
        (Some(socket), _) => socket.try_clone()?,
        (None, Listen::Systemd) => {
            let why = "systemd handed over no socket: systemctl enable \
                       filsluse-admin.socket && systemctl restart filsluse; outside systemd write \
                       an address as admin.listen";
            return Err(io::Error::new(io::ErrorKind::NotFound, why));
        }
        (None, Listen::Address(address)) => TcpListener::bind(address).map_err(|error| {
            let why = format!(
                "cannot listen at {address} ({error}); under systemd enable filsluse-admin.socket \
                 and write admin.listen = \"systemd\", else see what listens there already"
            );
            io::Error::new(error.kind(), why)
        })?,
    };
    socket.set_nonblocking(true)?;
    Ok(socket)
}
