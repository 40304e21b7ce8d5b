//! The forms of listings, as rows: where they are known from, the line, and what it says.

use super::*;

/// What a line is read as: its name, `d` for a directory, `l` for a link, `s` for something else, `?` where the server
/// doesn't say, and the size of a file.
fn told(line: &[u8]) -> String {
    match read_line(line) {
        ListingLine::Entry(name, file) => {
            let sign = match file.kind {
                FileKind::File => "",
                FileKind::Directory => " d",
                FileKind::Link => " l",
                FileKind::Special => " s",
                FileKind::Unknown => " ?",
            };
            let size = file.size.map(|size| format!(" {size}")).unwrap_or_default();
            format!("[{}]{sign}{size}", String::from_utf8_lossy(name))
        }
        ListingLine::Heading => "heading".to_owned(),
        ListingLine::FirstHalf => "first half".to_owned(),
        ListingLine::Unreadable => "unreadable".to_owned(),
    }
}

#[test]
fn lines_are_read_in_every_form_that_servers_write() {
    let mut wrong = Vec::new();
    for (line, expected) in [
        // vsftpd, ProFTPD, Pure-FTPd
        ("-rw-r--r--    1 0        0             512 Nov 22 09:30 .totatsu-x.part", "[.totatsu-x.part] 512"),
        ("drwxr-xr-x    2 0        0            4096 Nov 22 09:30 .", "[.] d"),
        ("-rw-r--r--   1 500      500            21 Aug  8 14:14 JB3-TES1.gz", "[JB3-TES1.gz] 21"),
        ("-rwsr-sr--   1 500      500             0 Mar 25 0:23 testSuidExec2", "[testSuidExec2] 0"),
        // commons-net, UnixFTPEntryParserTest: names with blanks at their ends, and numbers in them
        ("drwxr-xr-x   2 john smith     group         4096 Mar  2 15:13   zxbox", "[  zxbox] d"),
        ("-rw-r--r--   2 john smith     group         4096 Mar  2 15:13 zxbox     ", "[zxbox     ] 4096"),
        ("-rw-rw-rw-   1 user group 5840 Mar 19 09:34 123 456 abc.csv", "[123 456 abc.csv] 5840"),
        (
            "-rw-r--r--   1 ftpuser  ftpusers 12414535 Mar 17 11:07 test 1999 abc.pdf",
            "[test 1999 abc.pdf] 12414535",
        ),
        ("-rw-r--r--   1 u g 5 Nov 22 09:30 2026 a.csv", "[2026 a.csv] 5"),
        ("-rw-r--r--   1 u g 5 Nov 22 09:30 a -> b.csv", "[a -> b.csv] 5"),
        ("-rw-r--r--   1 u g 5 Nov 22 09:30 7 Nov 22 09:30 b", "[7 Nov 22 09:30 b] 5"),
        // NET-16: groups with blanks, as Cygwin and servers in a Windows domain write them
        (
            "-rw-r--r--   1 ftp      group with spaces in it as allowed in cygwin see bug 38634   83853 Jan 22  2001 a.gz",
            "[a.gz] 83853",
        ),
        ("drwx------ 4 maxm Domain Users 512 Oct 2 10:59 .metadata", "[.metadata] d"),
        ("-rwxr-xr-x   2 user     my group 500        5000000000 Mar  2 15:13 zxbox", "[zxbox] 5000000000"),
        (
            "-rw-r--r--   1 group domain user 531 Jan 29 03:26 13-unix-domain file",
            "[13-unix-domain file] 531",
        ),
        // no group, no link count
        ("drwxr-xr-x 1 usernameftp 512 Jan 29 23:32 prog", "[prog] d"),
        ("-rw-r--r--   1 1        3518644 May 25 12:12 std", "[std] 3518644"),
        ("-rwxrwx---     owner          12 Nov  6   1996      test.txt", "[     test.txt] 12"),
        // SELinux, access lists, macOS (ffftp #258; commons-net, testNoSpacesBeforeFileSize)
        ("-rw-r-----. 1 grp 36 Apr 20 19:13 newfile.txt", "[newfile.txt] 36"),
        ("drwxrwx---+ 23 500     500    0 Jan 10 13:09 testACL", "[testACL] d"),
        ("-rw-r--r--@ 1 u staff 5 Nov 22 09:30 a.csv", "[a.csv] 5"),
        ("drwxr-x---+1464 chrism   chrism     41472 Feb 25 13:17 20090225", "[20090225] d"),
        ("-rwxrwx---132  owner group    12 Nov 6 1996 test.txt", "[test.txt] 12"),
        // IBM i in Unix form
        ("----rwxr-x   1 PEP      0           4019 Mar 18 18:58 einladung.zip", "[einladung.zip] 4019"),
        // devices, links, doors, sockets
        ("crw-r----- 1 root kmem 0, 27 Jan 30 11:42 kmem", "[kmem] s"),
        (
            "crw-------   1 root     sys      109,767 Jul  2  2004 pci@1c,600000:devctl",
            "[pci@1c,600000:devctl] s",
        ),
        ("srwxr-xr-x 1 u g 0 Jan 30 11:42 sock", "[sock] s"),
        (
            "lrwxrwxrwx   1 neeme neeme             23 Mar  2 18:06 macros -> ./../../global/macros/.",
            "[macros] l",
        ),
        ("lrwxrwxrwx   1 u g 23 Mar  2 18:06 nowhere", "[nowhere] l"),
        // dates of other orders (winscp, FtpListResult.cpp; commons-net, testNumericDateFormat; ffftp, LIST_UNIX_16)
        ("-rw-r--r--   1 root     other        531 09-26 2000 05-unix-date file", "[05-unix-date file] 531"),
        (
            "-rw-r--r--   1 root     other        531 2005-06-07 21:22 07-unix-date file",
            "[07-unix-date file] 531",
        ),
        (
            "-r-xr-xr-x   2 root     other      2235 1999/10/12 17:12 30-datetest file",
            "[30-datetest file] 2235",
        ),
        (
            "-r-xr-xr-x   2 root     other      2235 24-04-2003 17:12 31-datetest file",
            "[31-datetest file] 2235",
        ),
        ("-rw-r--r--   1 u g 5 22 Nov 09:30 a.csv", "[a.csv] 5"),
        ("-rw-r--r--   1 u g 5 2026-11-22 09:30:05.123456789 +0900 a.csv", "[a.csv] 5"),
        (
            "-r-xr-xr-x 2 owner group 4512 01-jun-99 42_unix_shortdatemonth file",
            "[42_unix_shortdatemonth file] 4512",
        ),
        (
            "-rwxr-xr-x    1 user group        9 Oct 08, 2002 09:47 23-vshell-new file",
            "[23-vshell-new file] 9",
        ),
        ("-rw-r--r-- 1 u g 5 Nov 22 09:30:05 2026 a.csv", "[a.csv] 5"),
        // Japanese (commons-net, UnixFTPEntryParserTest; ffftp, LIST_UNIX_10 to LIST_UNIX_65)
        ("-rw-rw---- 1 ep1adm sapsys 0 6月 3日 2003年 試験ファイル.csv", "[試験ファイル.csv] 0"),
        ("-rw-rw---- 1 ep1adm sapsys 0 8月 17日 20:10 caerrinf", "[caerrinf] 0"),
        ("-rw-r--r-- 1 u g 5 11月 22 09:30 a.csv", "[a.csv] 5"),
        ("drwxr-xr-x 15  owner group  1024 11月 6日 14時21分 Linux/", "[Linux] d"),
        ("-rwxrwx---  5  owner group    12 11月12日 1996年 test.txt", "[test.txt] 12"),
        ("-rwxrwx--- 132  owner m group g   12 11月12日  1996 test.txt", "[test.txt] 12"),
        ("drwxr-xr-x 15  owner group  512  2001 6月 18 audit", "[audit] d"),
        ("drwxr-xr-x123  owner        1024 11/ 6 14:21 Linux/", "[Linux] d"),
        ("-rwxrwx---132  owner          12 11/13 1996 test.txt", "[test.txt] 12"),
        // sizes that are rounded, or ran into the owner
        (
            "-rw-r--r--   1 root     other  34.5k Oct 5 21:22 08-unix-namedsize file",
            "[08-unix-namedsize file]",
        ),
        (
            "-r-xr-xr-x longowner longgroup123456 Feb 12 17:20 41-unix-concatsize file",
            "[41-unix-concatsize file]",
        ),
        // NetPresenz
        ("-------r--         326  1391972  1392298 Nov 22  1995 MegaPhone.sit", "[MegaPhone.sit] 1392298"),
        ("drwxrwxr-x               folder        2 May 10  1996 network", "[network] d"),
        // Netware (commons-net, NetwareFTPEntryParserTest)
        ("d [R----F--] supervisor            512       Jan 16 18:53 login", "[login] d"),
        (
            "- [RWCEAFMS] rwinston                        19968 Mar 12 15:20 Executive Summary.doc",
            "[Executive Summary.doc] 19968",
        ),
        ("-[R----F--] rhesus 214059 Oct 20 15:27 cx.exe", "[cx.exe] 214059"),
        // Fujitsu's and others' hosts (ffftp, filelist.txt)
        ("-rwxrwxrwx SEQ 36203776 01/07/07 12:38:28 ADRS001                         ", "[ADRS001] 36203776"),
        ("drwxrwxrwx              99/05/13 11:38:34 APL", "[APL] d"),
        ("-rwxrwxrwx 97.10.30 11:06:04 XSYSMNGR XSYSOPR  2048 blib", "[blib] 2048"),
        ("-rw-  F      10000   10000  DA    97.03.04  DTSLOG1.FNA             ", "[DTSLOG1.FNA]"),
        ("-rw-  ****  ******  ******  VSAM  **.**.**  HICS.CMDSEQ             ", "[HICS.CMDSEQ]"),
        ("drwx  F        400     400  PO    93.10.27  COMMON.PDL.EXCEL/       ", "[COMMON.PDL.EXCEL] d"),
        // IIS, as it comes and with "four-digit years"; Windows CE's 24 hours (PyFilesystem2 #438)
        ("11-22-26  09:30AM                  512 Z12.DTA", "[Z12.DTA] 512"),
        ("11-22-2026  09:30AM                  512 Z12.DTA", "[Z12.DTA] 512"),
        ("01-28-2013 03:54PM 2847 DATA.TXT", "[DATA.TXT] 2847"),
        ("11-02-18  15:33                 9276 logo.gif", "[logo.gif] 9276"),
        ("11-02-18  14:12       <DIR>          images", "[images] d"),
        ("07-10-13  06:54AM       <DIR>          1400", "[1400] d"),
        (
            "05-22-97  12:08AM                  5000000000 10 years and under",
            "[10 years and under] 5000000000",
        ),
        // robinrodricks/FluentFTP #861
        (
            "11-22-26  09:30AM                  512  FileWithHalfWidthSpace.txt",
            "[ FileWithHalfWidthSpace.txt] 512",
        ),
        ("11-22-26  09:30AM                  512 　全角.txt", "[　全角.txt] 512"),
        ("2002-09-02  19:06                9,730 19-dos-longyear file", "[19-dos-longyear file] 9730"),
        ("1998/07/30 15:42:19     11623 test.txt", "[test.txt] 11623"),
        ("97-10-14  03:34p        12 test.txt", "[test.txt] 12"),
        ("10-14-100 03:34p        12 test.txt", "[test.txt] 12"),
        ("03/05/13 12:00 AM 12 a.csv", "[a.csv] 12"),
        ("2026/11/22  09:30    <SYMLINK>      a.csv [C:\\x\\a.csv]", "[a.csv] l"),
        ("2026/11/22  09:30    <JUNCTION>     a", "[a] d"),
        // IBM i
        ("QSYS        18944 96/09/20 00:35:10 *DIR     QOpenSys/", "[QOpenSys] d"),
        ("QSECOFR         0 98/05/15 16:01:15 *STMF    WWWTEST.BAK", "[WWWTEST.BAK] 0"),
        (
            "QSYS            77824 23/02/00 15:09:55 *FILE 40-ibm-as400-date file",
            "[40-ibm-as400-date file] ?",
        ),
        ("PEP  *MEM  FILE.MBR", "[FILE.MBR]"),
        ("QSYS            0 98/09/27 10:00:04 *LIB     QSYS.LIB/", "[QSYS.LIB] d"),
        // OpenVMS
        (
            "1-JUN.LIS;1              9/9           2-JUN-1998 07:32:04  [GROUP,OWNER]    (RWED,RWED,RWED,RE)",
            "[1-JUN.LIS;1]",
        ),
        (
            "DATA.DIR;1               1/9           2-JUN-1998 07:32:04  [TRANSLATED]     (,RWED,RWED,RE)",
            "[DATA.DIR;1] d",
        ),
        (
            "ALLOCMISS.COM;1            1         15-AUG-1996 14:10:38  [POSTWARE,LP]    (RWE,RWE,RWE,RE)",
            "[ALLOCMISS.COM;1]",
        ),
        ("UCX$REXECD_STARTUP.LOG;1098", "first half"),
        // OS/2, VxWorks, MVS, Tandem, EPLF, Chameleon
        ("   345      A          12-02-98   10:59  VirtualDevice.java", "[VirtualDevice.java] 345"),
        ("     0           DIR   12-09-98   09:43  ディレクトリ", "[ディレクトリ] d"),
        ("  512    Jan-30-2002  14:52:04   DIRNAME           <DIR>", "[DIRNAME] d"),
        ("61191    Aug-30-2002  17:30:38   FILENAME.C        ", "[FILENAME.C] 61191"),
        ("JXSIB1 3390   2000/12/27  1  810  FB     240 24000  PO  DIRNAME", "[DIRNAME] d"),
        ("JXSW01 3390   2000/12/27  1    5  VBA    240  3120  PS  FILENAME", "[FILENAME]"),
        ("EMSACSTM      101             146  18-Sep-00 09:03:37 170,175 \"nunu\"", "[EMSACSTM] 146"),
        ("+i8388621.48594,m825718503,r,s280,\tdjb.html", "[djb.html] 280"),
        ("+i8388621.50690,m824255907,/,\t514", "[514] d"),
        ("test.txt         12  10-14-97  14:34   A", "[test.txt] 12"),
        ("Linux        <DIR>    Nov  6 1997 14:21 drw-", "[Linux] d"),
    ] {
        if told(line.as_bytes()) != expected {
            wrong.push(format!("{line}: {}", told(line.as_bytes())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_and_dates_in_other_encodings_are_read_too() {
    for (line, name) in [
        (
            &b"-rw-r--r-- 1 root sys 8473  4\x8c\x8e 18\x93\xfa 2003\x94\x4e \x95\x5c.csv"[..],
            &b"\x95\x5c.csv"[..],
        ),
        (b"-rw-r--r-- 1 root sys 8473  4\xb7\xee 18\xc6\xfc 20:10 \xc9\xbd.csv", b"\xc9\xbd.csv"),
        // commons-net, NET-516: a character of two bytes, one of which ends lines in another encoding
        (b"07-17-13  02:17PM                    3 x\x81\x85y", b"x\x81\x85y"),
    ] {
        let ListingLine::Entry(read, _) = read_line(line) else { panic!("{line:?}") };
        assert_eq!(read, name);
    }
    for sum in [&b"\x8d\x87\x8cv 12"[..], b"\xb9\xe7\xb7\xd7 12"] {
        assert_eq!(read_line(sum), ListingLine::Heading);
    }
}

#[test]
fn an_entry_of_eplf_tells_its_time() {
    let ListingLine::Entry(_, file) = read_line(b"+m825718503,r,s280,\tdjb.html") else { panic!() };
    assert_eq!(file.modified.unwrap().as_second(), 825_718_503);
}

#[test]
fn headings_are_known_as_such() {
    for line in [
        "",
        "   ",
        "total 12",
        "Total 0",
        "total 4.0K",
        "合計 12",
        "合計 1.2M",
        "总用量 8",
        ".:",
        "Directory USER1:[TEMP]",
        "Total of 5 files, 12 blocks.",
        "Total 14 files",
        "(RWED,RWED,RE,)",
        "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname",
        "File         Code             EOF  Last Modification    Owner  RWEP",
    ] {
        assert_eq!(told(line.as_bytes()), "heading", "{line}");
    }
}

#[test]
fn a_line_of_no_known_form_is_never_taken_for_one() {
    let mut wrong = Vec::new();
    for line in [
        // what servers say instead of a listing
        "ls: -a: No such file or directory",
        "ls: cannot access 'out': Permission denied",
        "/bin/ls: out: 許可がありません",
        "Can't open directory",
        "Directory not found",
        "Directory of",
        "Access is denied.",
        "550 No such file or directory",
        "total",
        "total of",
        "total 12 files and more",
        "total twelve",
        "合計",
        "<html>",
        "<a href=\"a.csv\">a.csv</a>",
        "a.csv",
        "out/a.csv",
        "a b c d e f g h",
        "type=file;size=5; a.csv",
        // commons-net's bad lines
        "zrwxr-xr-x   2 root     root         4096 Mar  2 15:13 zxbox",
        "dxrwr-xr-x   2 root     root         4096 Aug 24  2001 zxjdbc",
        "drwxr-xr-x   2 root     root         4096 Jam  4 00:03 zziplib",
        "drwxr-xr-x   2 root     99           4096 Feb 23 30:01 zzplayer",
        "drwxr-xr-x   2 root     root         4096 Aug 36  2001 zztpp",
        "-rw-r--r--   1 14       staff       80284 Aug 22  zxJDBC-1.2.3.tar.gz",
        "-rw-r--r--   1 root     root       111325 Apr -7 18:79 zxJDBC-2.0.1b1.tar.gz",
        "d---rwxr-x   2 PEP      0          45056Mar 24 14:06 zdir2",
        "a [-----F--] SCION_SYS                         512 Apr 13 23:52 SYS",
        "d [-----X--] SCION_SYS                         512 Apr 13 23:52 SYS",
        "PEP              4019 04/03/18 18:58:16 STMF       einladung.zip",
        "PEP               422 03/24 14:06:26 *STMF      readme",
        "PEP              6409 04/03/24 30:06:29 *STMF      build.xml",
        "PEP USR         36864 04/03/24 14:06:34 *DIR       dir1/",
        "PEP             3686404/03/24 14:06:47 *DIR       zdir2/",
        "1-JUN.LIS;2              a/9           2-JUN-98 07:32:04  [GROUP,OWNER]    (RWED,RWED,RWED,)",
        "AA.;2                  152/153        13-FED-1997 08:13:43  [GROUP,OWNER]    (RWED,RWED,RWED,RE)",
        "FOO.DIR;1  %RMS-E-PRV, insufficient privilege or file protection violation",
        // a part of a line, and lines without a name
        "-rw-r--r--   1 u g 5 Nov 22 09:30",
        "-rw-r--r--   1 u g 5 Nov 22 09:30 ",
        "-rw-r--r--",
        "-rw-r--r--   1 u g",
        "lrwxrwxrwx   1 u g 5 Nov 22 09:30  -> x",
        "11-22-26  09:30AM                  512",
        "11-22-26  09:30AM       <DIR>",
        "11-22-26",
        "QSYS 18944 96/09/20 00:35:10 *DIR",
        "+r,s280",
        "+r,sx,\ta",
        // times and sizes that can be none
        "13-32-26  09:30AM                  512 Z12.DTA",
        "11-22-26  29:30AM                  512 Z12.DTA",
        "11-22-26  09:30AM                  51x Z12.DTA",
        "11-22-26  09:30AM       <FILE>     Z12.DTA",
        "-rw-r--r--   1 u g x Nov 22 09:30 a.csv",
        "-rw-r--r--   5 Nov 22 09:30 a.csv",
        "99999999999999999999999999 A 12-02-98 10:59 a",
        // no date at all: which of the words is the name, nobody can tell (ffftp, LIST_AGILENT and uClinux)
        "-rw-rw-rw-    1    1    1      1792  abc.aaa",
        "-rw-r--r-- 1 0 0 100 services",
        // never seen in this trade
        "-C--E-----FTP B BCC3I1       7670  1294495 Jan 13 07:42 43-conent file",
        "0100644   500  101   12345    123456789       20-unix-numerical file",
        "dr-xr-xr-x   2 root     other      2235 26. Juli, 20:10 28-datetest-ger dir",
    ] {
        if told(line.as_bytes()) != "unreadable" {
            wrong.push(format!("{line}: {}", told(line.as_bytes())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn whatever_bytes_come_are_read_without_a_panic() {
    let mut seed: u64 = 20_261_129;
    println!("seed {seed}");
    let pieces: [&[u8]; 24] = [
        b"-rw-r--r--",
        b"drwx",
        b" ",
        b"  ",
        b"\t",
        b"1",
        b"512",
        b"Nov",
        b"22",
        b"09:30",
        b"2026",
        b"<DIR>",
        b"*STMF",
        b"+",
        b",",
        b";1",
        b"[",
        b"]",
        b"11-22-26",
        b"\x8c\x8e",
        "月".as_bytes(),
        b"->",
        b"\xff",
        b"\"",
    ];
    for _ in 0..20_000 {
        let mut line = Vec::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            line.extend_from_slice(pieces[(seed >> 33) as usize % pieces.len()]);
        }
        if let ListingLine::Entry(name, _) = read_line(&line) {
            assert!(!name.is_empty() && line.windows(name.len()).any(|part| part == name), "{line:?}");
        }
    }
}
