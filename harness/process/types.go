package process

import (
	"unsafe"

	"github.com/lastwake/lastwake/harness/shadow"
)

// The object types of the model, rows of the type table. Those of strings are
// rows of characters, those of arrays rows of pointers.
const (
	_ shadow.Kind = iota
	kindGlobals
	kindRing
	kindStorage
	kindProc
	kindString
	kindEnvString
	kindKernelString
	kindPutString
	kindInitString
	kindEnviron
	kindKernelEnviron
	kindAppEnviron
	kindInitEnv
	kindKnown
	kindArrays
	kindFrame
	kindPad
	kindLiteral
	numKinds
)

// types is the type table: names as C has them, or as people say.
var types = [numKinds]shadow.Type{
	kindGlobals:       shadow.TypeOf[Globals]("data segment"),
	kindRing:          shadow.TypeOf[Ring]("ring"),
	kindStorage:       shadow.TypeOf[StorageCell]("ring_storage"),
	kindProc:          shadow.TypeOf[MworkerProc]("mworker_proc"),
	kindString:        shadow.TypeOf[Char]("string"),
	kindEnvString:     shadow.TypeOf[Char]("environ string"),
	kindKernelString:  shadow.TypeOf[Char]("initial environ string"),
	kindPutString:     shadow.TypeOf[Char]("putenv buffer"),
	kindInitString:    shadow.TypeOf[Char]("init_env string"),
	kindEnviron:       shadow.TypeOf[EnvSlot]("environ"),
	kindKernelEnviron: shadow.TypeOf[EnvSlot]("initial environ"),
	kindAppEnviron:    shadow.TypeOf[EnvSlot]("application environ"),
	kindInitEnv:       shadow.TypeOf[EnvSlot]("init_env"),
	kindKnown:         shadow.TypeOf[Known]("known value"),
	kindArrays:        shadow.TypeOf[EnvArrays]("environ_array"),
	kindFrame:         shadow.TypeOf[Frame]("stack frame"),
	kindPad:           shadow.TypeOf[Char]("somebody's memory"),
	kindLiteral:       shadow.TypeOf[Char]("string literal"),
}

// Types returns the type table, by kind.
//
//lastwake:shared
func Types() []shadow.Type { return types[:] }

// A Char is one byte of a string.
//
//lastwake:managed
type Char struct {
	C uint8 `c:"char"`
}

// An EnvSlot is one element of an environ array.
//
//lastwake:managed
type EnvSlot struct {
	Str *Char `c:"entry"`
}

// Globals are the static variables of the program and of its C library.
//
//lastwake:managed
type Globals struct {
	Environ *EnvSlot `c:"environ"`

	// The C library's.
	LastEnviron *EnvSlot   `c:"last_environ"` // the array that it may realloc
	LastSize    int32      `c:"last_size"`    // its slots
	Known       *Known     `c:"known_values"`
	Arrays      *EnvArrays `c:"environ_arrays"`

	// HAProxy's.
	InitEnv        *EnvSlot          `c:"init_env"`
	StartupLogs    *Ring             `c:"startup_logs"`
	TmpStartupLogs *Ring             `c:"tmp_startup_logs"`
	Starting       uint32            `c:"mode_starting"`
	Sinks          [maxRings]*Ring   `c:"sinks"`
	Others         [8]uint64         `c:"others"` // of other parts of the program
	ProcList       List              `c:"proc_list"`
	Frames         [maxFrames]*Frame `c:"frames"`
	NumFrames      int32             `c:"nb_frames"`
	Pads           [maxPads]*Char    `c:"pads"`
	NumPads        int32             `c:"nb_pads"`
	Put            [numNames]*Char   `c:"put"`
	AppEnviron     *EnvSlot          `c:"app_environ"`
	Held           *Char             `c:"held"`
	Walk           *EnvSlot          `c:"walk_ep"`
	Find           *EnvSlot          `c:"find_ep"`
}

// The sizes of the tables in Globals.
const (
	maxRings  = 4
	maxFrames = 4
	maxPads   = 16
	numNames  = 16
)

// A Known is an entry of glibc's tree of the strings that setenv has made, or
// of the list of those that musl may free.
//
//lastwake:managed
type Known struct {
	Next *Known `c:"next"`
	Str  *Char  `c:"string"`
	Hash uint32 `c:"hash"` // of the whole string
}

// knownBytes is the size of a Known without what pads it.
const knownBytes = unsafe.Offsetof(Known{}.Hash) + unsafe.Sizeof(Known{}.Hash)

// An EnvArrays is an entry of glibc 2.41's list of the arrays that it has made.
//
//lastwake:managed
type EnvArrays struct {
	Next      *EnvArrays `c:"next"`
	Array     *EnvSlot   `c:"array"`
	Allocated int32      `c:"allocated"`
}

// A Frame is the frame of a function with a buffer on the stack.
//
//lastwake:managed
type Frame struct {
	Buf [frameBytes]Char `c:"buf"`
}

const frameBytes = 64
