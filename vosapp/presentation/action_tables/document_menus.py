"""The commands of what is open and of the program: File, Edit, Object, settings, Help."""

from __future__ import annotations

from vosapp.presentation.action_tables.spec import ActionSpec

FILE = (
    ActionSpec("file.open", "Open clip or project…", "File", ("Ctrl+O",), "open"),
    ActionSpec("file.open_folder", "Open folder of images…", "File", ("Ctrl+Shift+O",), "images"),
    ActionSpec("file.resume", "Go on with unsaved work on this clip", "File", tip="What a crash or closing left"),
    ActionSpec("file.import_mask", "Import mask here…", "File", ("Ctrl+I",), "matte", rule=True),
    ActionSpec(
        "file.import_masks",
        "Import masks of many frames…",
        "File",
        ("Ctrl+Shift+I",),
        tip="A folder, a sequence or a movie: anchors, approved frames or a hold-out",
    ),
    ActionSpec("file.import_alpha", "Masks from the clip's alpha…", "File", tip="Half opaque and more is inside"),
    ActionSpec(
        "file.save",
        "Save project",
        "File",
        ("Ctrl+S",),
        "save",
        "Everything is saved as you work; this gives an unsaved project its place",
        rule=True,
    ),
    ActionSpec("file.save_as", "Save project as…", "File", ("Ctrl+Shift+S",)),
    ActionSpec("file.save_copy", "Save a copy…", "File", ("Ctrl+Alt+S",), tip="You go on in the project as it is"),
    ActionSpec("file.backups", "Open backup…", "File", tip="Projects are backed up while you work on them"),
    ActionSpec("file.compact", "Compact project", "File", tip="Takes out what undo has forgotten"),
    ActionSpec("file.export", "Export…", "File", ("Ctrl+E",), "export", "Write masks and mattes", rule=True),
    ActionSpec("file.batch", "Batch…", "File", tip="Works through many shots in the background"),
    ActionSpec("file.relink", "Relink media…", "File", tip="Finds the clip when it was moved or renamed"),
    ActionSpec("file.clip_facts", "Clip facts…", "File", tip="What was found in the clip; its layer and input space"),
    ActionSpec("file.rate", "Frame rate…", "File", tip="Says how fast the images of a sequence play"),
    ActionSpec("file.close", "Close clip", "File", ("Ctrl+W",), rule=True),
    ActionSpec("file.quit", "Quit", "File", ("Ctrl+Q",)),
)

EDIT = (
    ActionSpec("edit.undo", "Undo", "Edit", ("Ctrl+Z",), "undo"),
    ActionSpec("edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    ActionSpec("edit.copy", "Copy mask", "Edit", ("Ctrl+C",), rule=True),
    ActionSpec("edit.copy_range", "Copy masks of a range…", "Edit", ("Ctrl+Shift+C",)),
    ActionSpec("edit.paste", "Paste masks from here on", "Edit", ("Ctrl+V",), tip="They become anchors"),
    ActionSpec(
        "edit.paste_shape",
        "Paste last shape",
        "Edit",
        ("Ctrl+Alt+V",),
        tip="The polygon, box or ellipse drawn last, to be moved here and closed with Enter",
    ),
    ActionSpec("edit.move_range", "Move masks…", "Edit", ("Ctrl+Shift+M",), tip="In time, or to another object"),
    ActionSpec("edit.delete", "Delete mask here", "Edit", ("Delete",), "trash", rule=True),
    ActionSpec("edit.delete_range", "Delete masks in a range…", "Edit", ("Shift+Delete",)),
    ActionSpec(
        "edit.clean_up",
        "Clean up this frame",
        "Edit",
        ("C",),
        tip="Fills holes and removes specks up to the sizes that were set",
    ),
    ActionSpec("edit.clean_up_sizes", "Clean up with sizes…", "Edit", ("Shift+C",)),
    ActionSpec(
        "edit.anchor",
        "Make anchor",
        "Edit",
        ("Return", "Enter"),
        "anchor-key",
        "Confirms the mask as truth; runs start from it and never change it",
        rule=True,
    ),
    ActionSpec(
        "edit.approve",
        "Approve this frame",
        "Edit",
        ("Ctrl+L",),
        "lock",
        "No run changes an approved mask; press again to take it back",
    ),
    ActionSpec(
        "edit.fold_paint",
        "Fold paint in…",
        "Edit",
        tip="Painted predictions become anchors, as they are seen",
        rule=True,
    ),
    ActionSpec("edit.drop_paint", "Drop paint…", "Edit", tip="Predictions stand as they were made, without your paint"),
    ActionSpec("edit.approve_range", "Approve a range…", "Edit", ("Ctrl+Shift+L",)),
    ActionSpec("edit.absent_range", "Mark absent…", "Edit", ("Ctrl+D",), tip="The object is not in the picture there"),
    ActionSpec(
        "edit.present_range",
        "Mark present…",
        "Edit",
        ("Ctrl+Shift+D",),
        tip="Takes “absent” back",
    ),
)

SETTINGS = (
    ActionSpec("edit.keys", "Keys…", "Edit", tip="Gives commands other keys, or those of another program", rule=True),
    ActionSpec("edit.settings", "Settings…", "Edit", ("Ctrl+,",), tip="What a change of them does is seen at once"),
)

OBJECT = (
    ActionSpec("object.add", "Add object", "Object", ("Ctrl+Shift+N",), "add"),
    ActionSpec(
        "object.suggest",
        "Suggest objects",
        "Object",
        ("Shift+A",),
        "suggest",
        "Networks outline what they find on this frame; you choose what becomes an object",
    ),
    ActionSpec("object.rename", "Rename…", "Object", ("Ctrl+R",)),
    ActionSpec("object.colour", "Colour…", "Object", (), "colour"),
    ActionSpec(
        "object.matte",
        "Matte",
        "Object",
        ("Ctrl+M",),
        "band",
        "The panel of the matte's edge: what is exported, seen live",
        checkable=True,
    ),
    ActionSpec("object.visible", "Show", "Object", ("V",), "eye", checkable=True, rule=True),
    ActionSpec("object.solo", "Show only this one", "Object", ("S",), "solo", checkable=True),
    ActionSpec(
        "object.presence",
        "Objects over time…",
        "Object",
        tip="A grid of where each object has masks, anchors and doubt over the whole clip",
    ),
    ActionSpec(
        "object.lock",
        "Lock",
        "Object",
        ("Ctrl+Alt+L",),
        "lock",
        "You are done with it: neither tools nor runs change its masks",
        checkable=True,
    ),
    ActionSpec("object.raise", "Bring forward", "Object", ("Ctrl+]",), "up", rule=True),
    ActionSpec("object.lower", "Send backward", "Object", ("Ctrl+[",), "down"),
    ActionSpec("object.delete", "Delete object", "Object", (), "trash", rule=True),
    *(ActionSpec(f"object.select_{n}", f"Select object {n}", "", (str(n),)) for n in range(1, 10)),
)

HELP = (
    ActionSpec("help.palette", "Find a command…", "Help", ("Ctrl+K",), tip="All commands by their words"),
    ActionSpec("help.shortcuts", "Keyboard and mouse", "Help", ("F1",), "keyboard"),
    ActionSpec("help.messages", "Messages…", "Help", tip="What the window said, to be read again and copied"),
    ActionSpec("help.doctor", "What works here…", "Help", tip="Looks at this computer; saves diagnostics to a file"),
    ActionSpec("help.tour", "Tour of the demo shot", "Help", tip="Step by step, on the fish behind kelp"),
    ActionSpec("help.demo", "Open the demo shot", "Help", icon="film", tip="A fish behind kelp, to try it on"),
    ActionSpec("help.about", "About vosapp", "Help"),
)
