//! What municipalities report: KPR event messages and annual IPLOS submissions (rules KPR-*).

pub mod state;
