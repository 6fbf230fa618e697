//! The words in which an asset is described, beside those of the policy.

/// Declares an enum whose values are words: spelled once, listed, parsed and printed from the same table.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident:
        $($(#[$value_doc:meta])* $value:ident = $word:literal,)+
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$value_doc])* $value,)+
        }

        impl $name {
            /// Every value, in the order in which people are shown them.
            pub const ALL: &'static [$name] = &[$($name::$value),+];

            /// The word for it in the API, the tables and the log.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$value => $word,)+
                }
            }

            /// The value with this name.
            pub fn named(name: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    };
}

words!(
    /// What sort of system it is.
    AssetKind:
    /// A physical or virtual server.
    Server = "server",
    /// A virtual desktop.
    Vdi = "vdi",
    /// A desktop computer.
    Workstation = "workstation",
    /// A portable computer.
    Laptop = "laptop",
    /// A switch, a router, a firewall, an access point.
    NetworkDevice = "network_device",
    /// A machine in somebody's cloud.
    CloudInstance = "cloud_instance",
    /// A machine that carries others.
    Hypervisor = "hypervisor",
    /// A closed system of one maker.
    Appliance = "appliance",
    /// Anything else with an address.
    Other = "other",
);

words!(
    /// What can go wrong when it is maintained.
    MaintenanceRisk:
    /// It comes back by itself.
    Low = "low",
    /// It may need a hand.
    Medium = "medium",
    /// It may not come back, or others fall with it.
    High = "high",
);

words!(
    /// By which way it is managed.
    ManagementPath:
    /// Over the network that it serves.
    InBand = "in_band",
    /// Over a network for management alone.
    OutOfBand = "out_of_band",
    /// Over a serial console server.
    SerialConsole = "serial_console",
);
