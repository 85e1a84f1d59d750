//! The client against every cell that it can express.

mod subject;

use subject::OwnClient;

usocket_conformance::cells!(OwnClient::SOUND);
