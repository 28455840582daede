; Inno Setup 6 script of the installer for Windows: for one user, without administrator rights.
; package.ps1 calls it with /DBundle=... /DAppVersion=... /DNumbers=... /DOut=...
; Not run where vosapp is developed; see docs/install.md.
#ifndef Bundle
  #error Call this with /DBundle=folder of the bundle
#endif

[Setup]
; The identity of the product: never change it, or a new version would not find the old one.
AppId={{6C0B6B5E-6E1E-4E0B-9C0F-7C1B7C4E2F11}
AppName=vosapp
AppVersion={#AppVersion}
VersionInfoVersion={#Numbers}
AppPublisher=The vosapp developers
DefaultDirName={localappdata}\Programs\vosapp
DefaultGroupName=vosapp
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
OutputDir={#Out}
OutputBaseFilename=vosapp-{#AppVersion}-windows-x86_64
Compression=lzma2/max
SolidCompression=yes
LZMAUseSeparateProcess=yes
WizardStyle=modern
ChangesAssociations=yes
ChangesEnvironment=yes
CloseApplications=yes
RestartApplications=no
UninstallDisplayIcon={app}\program\vosapp-window.exe
LicenseFile={#Bundle}\_internal\vosapp\_licences\GPL-3.0.txt
#ifdef SignTool
SignTool={#SignTool}
SignedUninstaller=yes
#endif

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "A symbol on the desktop"; Flags: unchecked
Name: "path"; Description: "The command ""vosapp"" in new terminals"

[InstallDelete]
; What an older version had and this one has not must not be loaded. The user's data lies elsewhere.
Type: filesandordirs; Name: "{app}\program"

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}\program"; Flags: recursesubdirs createallsubdirs ignoreversion

[Icons]
Name: "{autoprograms}\vosapp"; Filename: "{app}\program\vosapp-window.exe"
Name: "{autodesktop}\vosapp"; Filename: "{app}\program\vosapp-window.exe"; Tasks: desktopicon

[Registry]
Root: HKCU; Subkey: "Software\Classes\.vosapp"; ValueType: string; ValueData: "vosapp.project"; Flags: uninsdeletevalue
Root: HKCU; Subkey: "Software\Classes\vosapp.project"; ValueType: string; ValueData: "vosapp project"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\vosapp.project\DefaultIcon"; ValueType: string; ValueData: "{app}\program\vosapp-window.exe,0"
Root: HKCU; Subkey: "Software\Classes\vosapp.project\shell\open\command"; ValueType: string; ValueData: """{app}\program\vosapp-window.exe"" ""%1"""
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}\program"; Tasks: path; Check: NotOnPath

[Run]
Filename: "{app}\program\vosapp-window.exe"; Description: "Open vosapp"; Flags: nowait postinstall skipifsilent

[Code]
function OwnFolder: String;
begin
  Result := ExpandConstant('{app}\program');
end;

function NotOnPath: Boolean;
var
  Path: String;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Path) then
    Path := '';
  Result := Pos(';' + Uppercase(OwnFolder) + ';', ';' + Uppercase(Path) + ';') = 0;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Path, Part: String;
  Place: Integer;
begin
  if Step <> usPostUninstall then
    exit;
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Path) then
    exit;
  Part := ';' + OwnFolder;
  Place := Pos(Uppercase(Part), Uppercase(Path));
  if Place > 0 then
  begin
    Delete(Path, Place, Length(Part));
    RegWriteExpandStringValue(HKCU, 'Environment', 'Path', Path);
  end;
end;
