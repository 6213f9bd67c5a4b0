; An installer for Windows, made by Inno Setup 6: iscc drawbridge.iss
; Build before: cargo build --release (on Windows)

#define Name "Drawbridge"
#define Version "0.1.0"
#define Program "drawbridge.exe"
#define Scheme "drawbridge"
#define Extension ".board"
#define Mime "application/x-drawbridge-board"
#define Kind "Drawbridge.Board"

[Setup]
AppId={{6E0D0C1B-6B1C-4D0B-9B65-0B6F6C2E7411}
AppName={#Name}
AppVersion={#Version}
AppPublisher=The Drawbridge contributors
DefaultDirName={autopf}\{#Name}
DefaultGroupName={#Name}
DisableProgramGroupPage=yes
; For one person without an administrator, or for all.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
OutputBaseFilename=drawbridge-{#Version}-setup
SetupIconFile=drawbridge.ico
UninstallDisplayIcon={app}\drawbridge.ico
Compression=lzma2
SolidCompression=yes

[Files]
Source: "..\..\..\target\release\{#Program}"; DestDir: "{app}"; Flags: ignoreversion
Source: "drawbridge.ico"; DestDir: "{app}"
Source: "..\..\..\LICENSE-MIT"; DestDir: "{app}"
Source: "..\..\..\LICENSE-APACHE"; DestDir: "{app}"

[Icons]
Name: "{group}\{#Name}"; Filename: "{app}\{#Program}"; IconFilename: "{app}\drawbridge.ico"

[Registry]
; HKA is the person's own part of the registry, or everybody's, as was chosen.
; Links: drawbridge://HOST:PORT/BOARD#KEY
Root: HKA; Subkey: "Software\Classes\{#Scheme}"; ValueType: string; ValueName: ""; ValueData: "URL:{#Name}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\{#Scheme}"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\{#Scheme}\DefaultIcon"; ValueType: string; ValueName: ""; ValueData: "{app}\drawbridge.ico"
Root: HKA; Subkey: "Software\Classes\{#Scheme}\shell\open\command"; ValueType: string; ValueName: ""; ValueData: """{app}\{#Program}"" ""%1"""
; Boards as files.
Root: HKA; Subkey: "Software\Classes\{#Extension}"; ValueType: string; ValueName: "Content Type"; ValueData: "{#Mime}"
Root: HKA; Subkey: "Software\Classes\{#Extension}\OpenWithProgids"; ValueType: string; ValueName: "{#Kind}"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\{#Kind}"; ValueType: string; ValueName: ""; ValueData: "Drawbridge board"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\{#Kind}\DefaultIcon"; ValueType: string; ValueName: ""; ValueData: "{app}\drawbridge.ico"
Root: HKA; Subkey: "Software\Classes\{#Kind}\shell\open\command"; ValueType: string; ValueName: ""; ValueData: """{app}\{#Program}"" ""%1"""

[Run]
Filename: "{app}\{#Program}"; Description: "Start {#Name}"; Flags: nowait postinstall skipifsilent
