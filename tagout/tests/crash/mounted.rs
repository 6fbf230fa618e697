//! A file system of its own for a site, where the machine allows it: one that can be filled up, or shut down like by a
//! failure of power.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Shuts a file system down at once, with nothing more written: `FS_IOC_SHUTDOWN` of Linux's `uapi/linux/fs.h`,
/// `_IOR('X', 125, __u32)`, with `FS_SHUTDOWN_FLAGS_NOLOGFLUSH`.
const SHUT_DOWN: &str = "open(my $folder, '<', $ARGV[0]) or die $!; my $how = pack('L', 2); \
                         ioctl($folder, 0x8004587D, $how) or die $!;";

/// A mounted file system. Dropped, it is unmounted.
pub struct Mounted {
    folder: PathBuf,
    /// The file that holds it, where it is not in memory.
    image: Option<PathBuf>,
    mount: Vec<String>,
}

fn run(program: &str, words: &[&str]) -> Result<(), String> {
    let output = Command::new(program)
        .args(words)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        let words = String::from_utf8_lossy(&output.stderr);
        Err(format!("{program}: {}", words.lines().next().unwrap_or("failed")))
    }
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("a path in plain letters")
}

impl Mounted {
    /// Makes a file system of this kind in an image of `size_mib` below `folder`; says why where that cannot be.
    pub fn on_disk(kind: &str, size_mib: u32, folder: &Path) -> Result<Self, String> {
        let image = folder.join(format!("{kind}.image"));
        let file = std::fs::File::create(&image).map_err(|error| error.to_string())?;
        file.set_len(u64::from(size_mib) << 20)
            .map_err(|error| error.to_string())?;
        let force = if kind == "xfs" { "-f" } else { "-F" };
        run(&format!("mkfs.{kind}"), &["-q", force, shown(&image)])?;
        // The held file system and the one from its copy have one UUID, which xfs refuses unless told.
        let options = if kind == "xfs" { "loop,nouuid" } else { "loop" };
        let mount = ["-o", options, shown(&image)].map(str::to_owned).into();
        Self::at(&folder.join(kind), Some(image), mount)
    }

    /// Makes a file system of `size_kib` in memory; says why where that cannot be.
    pub fn in_memory(size_kib: u32, folder: &Path) -> Result<Self, String> {
        let size = format!("size={size_kib}k");
        Self::at(
            &folder.join("memory"),
            None,
            ["-t", "tmpfs", "-o", &size, "tmpfs"].map(str::to_owned).into(),
        )
    }

    fn at(folder: &Path, image: Option<PathBuf>, mount: Vec<String>) -> Result<Self, String> {
        std::fs::create_dir(folder).map_err(|error| error.to_string())?;
        let mounted = Self {
            folder: folder.to_owned(),
            image,
            mount,
        };
        mounted.mount()?;
        Ok(mounted)
    }

    /// Where it is mounted.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn mount(&self) -> Result<(), String> {
        let words: Vec<&str> = self.mount.iter().map(String::as_str).collect();
        run("mount", &[words.as_slice(), &[shown(&self.folder)]].concat())
    }

    /// Stops all writing as a failure of power would.
    pub fn shut_down(&self) -> Result<(), String> {
        run("perl", &["-e", SHUT_DOWN, shown(&self.folder)])
    }

    /// Takes it away and mounts it again, which carries out what its own journal holds.
    pub fn mount_again(&self) {
        run("umount", &[shown(&self.folder)]).expect("nobody uses it any more");
        self.take_from_whom_holds_it();
        self.mount().expect("its journal is sound");
    }

    /// A container that began while it was mounted may hold a copy of the mount: then what the image holds would come back as the
    /// same file system, still shut down. So what reached the disk is mounted from another file under the same name.
    fn take_from_whom_holds_it(&self) {
        let Some(image) = &self.image else { return };
        let holders = Command::new("losetup")
            .args(["--associated", shown(image)])
            .output();
        if holders.expect("losetup runs").stdout.is_empty() {
            return;
        }
        let held = image.with_extension("held");
        std::fs::rename(image, &held).expect("a name in our folder");
        run("cp", &["--sparse=always", shown(&held), shown(image)]).expect("room for another image");
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A test that failed may leave it in use: then it goes when its last user ends.
        let _ = run("umount", &["--lazy", shown(&self.folder)]);
    }
}
